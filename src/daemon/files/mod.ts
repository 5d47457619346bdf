/**
 * Files that the daemon keeps: pid, claims, dumps. What others can have planted is not followed, what others read is put in place whole.
 */

export { openToAppend } from "./append_file.ts";
export { type ClaimsFile, claimsLeft, openClaimsFile } from "./claims_file.ts";
export { type DumpRequest, logConfiguration, openDumps, stateText } from "./dumps.ts";
export {
  AlreadyRunningError,
  makePidFolder,
  PidFileError,
  readPid,
  writePidFile,
} from "./pid_file.ts";
export { putFile } from "./put_file.ts";
export { isTrustedPlace, lifeOfKernel, readTrusted } from "./trusted_file.ts";
