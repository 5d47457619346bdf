/** Routes and rules: rows whose values (`written.ts`) become those of the kernel (`route.ts`, `rule.ts`). */

export {
  type ConfiguredRoute,
  type ConfiguredRule,
  kernelNames,
  type NameFolders,
  type NameTable,
  type RouteNames,
} from "./config.ts";
export { staticRoutes, staticRules, VIRTUAL_ROUTES } from "./keywords.ts";
export { type Numbers, numbersBy } from "./numbers.ts";
export { OWN_PROTOCOL, routeOf, scopeOf } from "./route.ts";
export { FIRST_PRIORITY, ruleOf } from "./rule.ts";
export type { CommonFields, Written, WrittenRoute, WrittenRule } from "./written.ts";
