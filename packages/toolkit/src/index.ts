/** @packageDocumentation The actions behind the command line, the labs and the console. */
export { startInBackground, stopCloud } from "./actions/cloud/background.ts";
export { type CloudEnvironment, cloudEnvironment } from "./actions/cloud/env.ts";
export { resetCloud } from "./actions/cloud/reset.ts";
export { type ServeOptions, serveCloud } from "./actions/cloud/serve.ts";
export { defaultState, localTarget, type RunningCloud, rootCredentials, runningCloud } from "./actions/cloud/state-folder.ts";
export { Clients, type InputOf, type OperationName, type OutputOf, type ServiceKey } from "./aws/clients.ts";
export { as, type Credentials, type Target } from "./aws/target.ts";
export { type Exit, exitCodes, ToolkitError } from "./errors.ts";
export { type Io, type Message, silent, step } from "./messages.ts";
