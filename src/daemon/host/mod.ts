/** What the reader of a configuration asks of this host: files, names of iproute2, programs and addresses for lint. */

export { hostAddresses, scriptFacts } from "./lint_facts.ts";
export { hostFacts, systemFiles } from "./source_files.ts";
