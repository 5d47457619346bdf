/** Every lint rule, in the order in which findings about the same words are shown. */

import { addressNowhere, addressOffLink, addressOwn, addressPrefix } from "./host_address.ts";
import { drLoopback, noChecker, quorumTooHigh, serverIsAddress } from "./lvs/mod.ts";
import { foreignQuotes, interfaceAlias, shellSubstitution } from "./odd_words.ts";
import {
  pairAddresses,
  pairAdvertInt,
  pairAuth,
  pairPriority,
  pairUnicast,
  pairVersion,
  pairVrid,
} from "./pair.ts";
import type { LintRule } from "./rule.ts";
import { scriptNotExecutable, scriptNotFound, scriptWritable } from "./script_files.ts";
import {
  addressTwice,
  duplicateVrid,
  masterNopreempt,
  mixedFamilies,
  slowDetection,
  sourceNotHeld,
  unicastNoPeer,
  unicastOwnPeer,
  unicastStrict,
  weightNopreempt,
  weightTooSmall,
} from "./vrrp/mod.ts";

/** All of them; each is on unless it is switched off by name. */
export const RULES_OF_LINT: readonly LintRule[] = [
  masterNopreempt,
  unicastStrict,
  unicastNoPeer,
  unicastOwnPeer,
  sourceNotHeld,
  duplicateVrid,
  mixedFamilies,
  weightTooSmall,
  weightNopreempt,
  slowDetection,
  pairVrid,
  pairVersion,
  pairAdvertInt,
  pairAuth,
  pairAddresses,
  pairPriority,
  pairUnicast,
  noChecker,
  quorumTooHigh,
  addressTwice,
  addressOwn,
  addressOffLink,
  addressPrefix,
  addressNowhere,
  serverIsAddress,
  drLoopback,
  scriptNotFound,
  scriptNotExecutable,
  scriptWritable,
  foreignQuotes,
  shellSubstitution,
  interfaceAlias,
];
