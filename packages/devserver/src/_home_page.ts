import * as Redacted from "effect/Redacted";
import { builtInClients, type DevClient } from "./dev_client.ts";
import type { DevUser } from "./dev_user.ts";
import { type Html, html } from "./_html.ts";
import { page } from "./_page.ts";
import { discoveryPaths, routes } from "./_route.ts";
import { scopeMeanings } from "./_scope.ts";

export interface Home {
  readonly issuer: string;
  readonly clients: ReadonlyArray<DevClient>;
  readonly user: DevUser;
}

/** Says what this server is, who its clients are, and where to go from here. */
export function homePage({ issuer, clients, user }: Home): string {
  return page(
    "An authorization server to try things with",
    html`
      <p>A real OAuth and OpenID Connect server that lives on this machine only, until its process ends.
      Its issuer is <code>${issuer}</code>. The one user is <strong>${user.name}</strong>
      (<code>${user
        .sub}</code>), who needs no password. Secrets that are shown below are public on purpose.</p>
      <h2>Go to</h2>
      <ul>
      <li><a href="${routes()
        .code_verification}">Connect a device</a>: enter the code that a device shows</li>
      ${discoveryPaths().map((path) =>
        html`
          <li><a href="${path}">${path}</a>: the metadata</li>
        `
      )}
      <li><a href="/api/me">/api/me</a>: the protected API, which wants an access token</li>
      <li><a href="${routes().end_session}">Sign out</a> of this browser</li>
      </ul>
      <h2>Clients</h2>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">Client ID</th>
              <th scope="col">Authentication</th>
              <th scope="col">Grants</th>
              <th scope="col">Redirect URIs</th>
            </tr>
          </thead>
          <tbody>
      ${clients.map(clientRow)}
          </tbody>
        </table>
      </div>
      <p class="soft">A loopback redirect URI matches with any port.</p>
      <h2>Scopes</h2>
      <ul>${Object.entries(scopeMeanings()).map(([scope, meaning]) =>
        html`
          <li><code>${scope}</code>: ${meaning}</li>
        `
      )}</ul>
    `,
  );
}

function clientRow(client: DevClient): Html {
  return html`
    <tr>
      <td><code>${client.clientId}</code><br><span class="soft">${client.name}</span></td>
      <td>${client.authentication}<br>${secretOf(client)}</td>
      <td>${lines(client.grantTypes.map((type) => type.replace(/^.*:/, "")))}</td>
      <td>${lines(client.redirectUris)}</td>
    </tr>
  `;
}

/** Only the fixed secrets are shown: one that was configured may be worth something elsewhere. */
function secretOf({ clientId, clientSecret }: DevClient): Html {
  if (clientSecret === undefined) {
    return html``;
  }
  const fixed = builtInClients().find((client) => client.clientId === clientId)?.clientSecret;
  const secret = Redacted.value(clientSecret);
  return fixed !== undefined && Redacted.value(fixed) === secret
    ? html`<code>${secret}</code>`
    : html`<span class="soft">secret as configured</span>`;
}

function lines(items: ReadonlyArray<string>): Html {
  return html`${items.map((item) => html`<code>${item}</code><br>`)}`;
}
