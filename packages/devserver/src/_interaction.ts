import type Provider from "oidc-provider";
import { type Exchange, readText, sendMessage, sendPage } from "./_exchange.ts";
import { grantAll } from "./_grant.ts";
import { scopesOf } from "./_scope.ts";
import { consentPage, loginPage } from "./_sign_in_page.ts";
import type { DevUser } from "./dev_user.ts";

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

export interface InteractionContext {
  readonly provider: Provider;
  readonly user: DevUser;
}

/** The pages between the authorization request and its answer: sign in, allow or deny. */
export async function interact(context: InteractionContext, exchange: Exchange): Promise<void> {
  const { provider } = context;
  const { request, response } = exchange;
  const interaction = await provider.interactionDetails(request, response).catch(() => undefined);
  if (interaction === undefined) {
    sendMessage(exchange, {
      status: 400,
      title: "This page has expired",
      text: "Go back to the program that sent you here and start again.",
    });
  } else if (request.method === "POST") {
    const answer = new URLSearchParams(await readText(exchange)).get("answer");
    await answerWith(answer, interaction, { ...context, exchange });
  } else if (interaction.prompt.name === "consent" && interaction.deviceCode !== undefined) {
    await answerWith("allow", interaction, { ...context, exchange });
  } else {
    sendPage(exchange, await questionOf(interaction, context));
  }
}

interface Answering extends InteractionContext {
  readonly exchange: Exchange;
}

async function answerWith(
  answer: string | null,
  interaction: Interaction,
  { provider, user, exchange }: Answering,
): Promise<void> {
  const { request, response } = exchange;
  const { prompt: { name }, params, grantId } = interaction;
  const finish = (result: Parameters<Provider["interactionFinished"]>[2]) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });

  if (name === "login" && answer === "login") {
    return await finish({ login: { accountId: user.sub, amr: ["user"] } });
  }
  if (name === "consent" && answer === "allow") {
    const clientId = String(params["client_id"]);
    const accountId = interaction.session?.accountId ?? user.sub;
    const granted = await grantAll({ provider, accountId, clientId, params, grantId });
    return await finish({ consent: { grantId: granted.grantId } });
  }
  if (answer === "deny") {
    return await finish({
      error: "access_denied",
      error_description: "End-User aborted interaction",
    });
  }
  sendMessage(exchange, {
    status: 400,
    title: "That did not work",
    text: "Go back to the program that sent you here and start again.",
  });
}

async function questionOf(
  { prompt, params }: Interaction,
  { provider, user }: InteractionContext,
): Promise<string> {
  const client = await provider.Client.find(String(params["client_id"]));
  const clientName = client?.clientName ?? String(params["client_id"]);
  return prompt.name === "login"
    ? loginPage({ clientName, user })
    : consentPage({ clientName, user, scopes: scopesOf(params["scope"]) });
}
