/** What a probe does and finds: the core's own types. Policy (good answers, retries) is here in TypeScript. */

export type {
  BodyEnd,
  Failure as ProbeFailure,
  HttpRequest,
  HttpResponse,
  Outcome,
  Probe,
} from "../core/protocol.ts";
