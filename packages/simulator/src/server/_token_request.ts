/** A token request whose client is known. */
import type { Parameters } from "./_form.ts";
import type { RegisteredClient } from "./server_options.ts";

export interface TokenRequest {
  readonly client: RegisteredClient;
  readonly form: Parameters;
}
