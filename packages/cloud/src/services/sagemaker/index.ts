/** What the rest of the cloud uses of SageMaker beside its service. */
export { type SignOn, signOn } from "./studio/portal.ts";
export { type OpenedSession, openStudioSession } from "./studio/session.ts";
