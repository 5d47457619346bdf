/** Every lint rule, in the order in which findings about the same words are shown. */

import { noChecker } from "./no_checker.ts";
import { drLoopback } from "./dr_loopback.ts";
import { duplicateVrid } from "./duplicate_vrid.ts";
import { foreignQuotes } from "./foreign_quotes.ts";
import { addressTwice } from "./address_twice.ts";
import { addressNowhere, addressOffLink, addressPrefix } from "./host_address.ts";
import { masterNopreempt } from "./master_nopreempt.ts";
import { mixedFamilies } from "./mixed_families.ts";
import {
  pairAddresses,
  pairAdvertInt,
  pairAuth,
  pairPriority,
  pairUnicast,
  pairVersion,
  pairVrid,
} from "./pair.ts";
import { quorumTooHigh } from "./quorum_too_high.ts";
import type { LintRule } from "./rule.ts";
import { scriptNotExecutable, scriptNotFound, scriptWritable } from "./script_files.ts";
import { slowDetection } from "./slow_detection.ts";
import { serverIsAddress } from "./server_is_address.ts";
import { sourceNotHeld, unicastNoPeer, unicastOwnPeer, unicastStrict } from "./unicast.ts";
import { weightNopreempt } from "./weight_nopreempt.ts";
import { weightTooSmall } from "./weight_too_small.ts";

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
  addressOffLink,
  addressPrefix,
  addressNowhere,
  serverIsAddress,
  drLoopback,
  scriptNotFound,
  scriptNotExecutable,
  scriptWritable,
  foreignQuotes,
];
