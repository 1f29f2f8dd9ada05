/**
 * Bellhop for web applications: login, callback and logout on any server, and sessions whose tokens
 * never reach the browser.
 *
 * @module
 */
export * as FetchHandler from "./fetch_handler.ts";
export { type Notice, noticeOf } from "./notice.ts";
export * as ReturnTo from "./return_to.ts";
export * as Routes from "./routes.ts";
export * as WebLogin from "./web_login.ts";
export { WebLoginConfigError, type WebLoginConfigProblem } from "./web_login_config_error.ts";
export { statusOf, WebLoginError, type WebLoginErrorReason } from "./web_login_error.ts";
export type {
  AskedOfUser,
  CookieSettings,
  PageRequest,
  WebLoginOptions,
  WebLoginPaths,
  WebSessionOptions,
} from "./web_login_options.ts";
