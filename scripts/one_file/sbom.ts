/** The bill of materials, as CycloneDX 1.6 in JSON. It says nothing of when and where, so that equal builds have equal ones. */

import type { Component } from "./components.ts";

/** Types of package URLs. */
const PURL = { npm: "npm", cargo: "cargo", runtime: "npm" } as const;

/** The document for a version of holdfast. */
export function sbomText(version: string, components: readonly Component[]): string {
  const own = { type: "application", "bom-ref": "holdfast", name: "holdfast", version };
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { ...own, licenses: [{ license: { id: "Apache-2.0" } }] } },
    components: components.map(entryOf),
    dependencies: [{
      ref: "holdfast",
      dependsOn: components.filter(({ isInside }) => isInside).map(purlOf),
    }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function entryOf(component: Component): Record<string, unknown> {
  const { kind, name, version, hash, license, isInside } = component;
  const purl = purlOf(component);
  return {
    type: kind === "runtime" ? "framework" : "library",
    "bom-ref": purl,
    name,
    version,
    // A package of other machines or for building only.
    scope: isInside ? "required" : "excluded",
    ...(hash !== undefined && { hashes: [{ alg: hash.algorithm, content: hash.hex }] }),
    ...(license !== undefined && { licenses: [{ expression: license }] }),
    purl,
  };
}

function purlOf({ kind, name, version }: Component): string {
  return `pkg:${PURL[kind]}/${name.replace("@", "%40")}@${version}`;
}
