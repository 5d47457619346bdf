/** What the process is to its surroundings: background, signals, service manager, privileges, threads, core dumps. */

export { runAwaited } from "./awaited_script.ts";
export { absolutePath, goToBackground, isInBackground, leaveFolder } from "./background.ts";
export { allowCoreDumps } from "./core_dumps.ts";
export { bugText, logBug, surviveBugs } from "./failures.ts";
export { enterNamespace, NamespaceError } from "./namespace.ts";
export { type Capability, missingCapabilities, NotPermittedError } from "./privileges.ts";
export { openServiceManager, type ServiceManager, statusText } from "./service_manager.ts";
export { listenToSignals, SIGNAL_NUMBERS, type SignalRequest, type Signals } from "./signals.ts";
export { openThreadSettings, type ThreadSettings } from "./thread_settings.ts";
