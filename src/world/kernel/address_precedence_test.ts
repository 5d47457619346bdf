import assert from "node:assert/strict";
import {
  type Address,
  addressKey,
  type AddressOperation,
  VIRTUAL_ROUTER,
} from "../../kernel/address.ts";
import { byText, sortedFrom } from "../../persistent/mod.ts";
import { SECOND } from "../../net/micros.ts";
import { addressOn } from "../../vrrp/fixtures.ts";
import {
  type AddressesHeld,
  duePrecedence,
  nextPrecedenceDeadline,
  NO_PRECEDENCE,
  PRECEDENCE_INTERVAL,
  precedenceOf,
  withBehind,
} from "./address_precedence.ts";

const [VIP, OTHER] = [addressOn(2, "10.77.0.99"), addressOn(2, "10.77.0.98")];
const HOST: Address = { ...addressOn(2, "10.77.0.1"), secondary: true };

function held(theirs: readonly Address[], ours: readonly Address[] = [VIP, OTHER]): AddressesHeld {
  return {
    actual: sortedFrom(byText, [...ours, ...theirs].map((each) => [addressKey(each), each])),
    managed: sortedFrom(byText, ours.map((each) => [addressKey(each), true])),
    precedence: NO_PRECEDENCE,
  };
}

function words(operations: readonly AddressOperation[]): readonly string[] {
  return operations.map(({ op, address }) => `${op} ${address.address}`);
}

const IN_ORDER = ["delete 10.77.0.98", "add 10.77.0.98", "delete 10.77.0.99", "add 10.77.0.99"];

const CASES: readonly {
  readonly name: string;
  readonly theirs: readonly Address[];
  readonly ours?: readonly Address[];
  readonly words: readonly string[];
}[] = [
  { name: "alone behind ours, goes first", theirs: [HOST], words: IN_ORDER },
  {
    name: "behind another of the host's, is where it belongs",
    theirs: [HOST, addressOn(2, "10.77.0.2")],
    words: [],
  },
  {
    name: "behind another of the host's in another subnet, goes first",
    theirs: [HOST, addressOn(2, "10.77.1.2"), addressOn(2, "10.77.0.3", 25)],
    words: IN_ORDER,
  },
  {
    name: "where none of ours is in the subnet, is no matter of ours",
    theirs: [HOST],
    ours: [addressOn(3, "10.77.0.99"), addressOn(2, "10.77.0.99", 32)],
    words: [],
  },
  {
    name: "whose other end is in our subnet, is in it as the kernel sees it",
    theirs: [{ ...HOST, address: "192.168.9.9", peer: "10.77.0.7" }],
    words: IN_ORDER,
  },
];

for (const { name, theirs, ours, words: expected } of CASES) {
  Deno.test(`precedenceOf() an address ${name}`, () => {
    const [behind] = theirs;
    assert.ok(behind !== undefined);
    const table = withBehind(held(theirs, ours), { address: behind, removed: false }, SECOND);
    assert.deepEqual(duePrecedence(table.precedence, SECOND), [behind]);
    const [precedence, operations] = precedenceOf(table, behind, SECOND);
    assert.deepEqual(words(operations), expected);
    assert.equal(nextPrecedenceDeadline(precedence), undefined);
  });
}

Deno.test("withBehind() a primary, one of another virtual router, IPv6 and one that went, did not come behind", () => {
  const table = held([HOST]);
  const noted = (changes: Partial<Address>, removed = false) =>
    withBehind(table, { address: { ...HOST, ...changes }, removed }, 0) !== table;
  assert.ok(noted({}));
  assert.ok(!noted({ secondary: false }));
  assert.ok(!noted({ protocol: VIRTUAL_ROUTER }));
  assert.ok(!noted({ address: "2001:db8::1" }));
  assert.ok(!noted({}, true));
});

Deno.test("withBehind() a subnet where others want to be behind too, is put in order once in a while", () => {
  const table = held([HOST]);
  const [precedence] = precedenceOf(table, HOST, SECOND);
  const event = { address: HOST, removed: false };
  const again = withBehind({ ...table, precedence }, event, 2 * SECOND);
  const due = SECOND + PRECEDENCE_INTERVAL;
  assert.equal(nextPrecedenceDeadline(again.precedence), due);
  assert.deepEqual(duePrecedence(again.precedence, due - 1), []);
  assert.deepEqual(duePrecedence(again.precedence, due), [HOST]);
});

Deno.test("withBehind() a subnet with a primary that is known, does not look for it again", () => {
  const primary = addressOn(2, "10.77.0.2");
  const table = held([HOST, primary]);
  const [precedence] = precedenceOf(table, HOST, 0);
  assert.deepEqual([...precedence.primaries.values()], [addressKey(primary)]);
  const event = { address: HOST, removed: false };
  const known = { ...table, precedence };
  assert.equal(withBehind(known, event, 0), known);
  const gone = { ...known, actual: held([HOST]).actual };
  assert.notEqual(withBehind(gone, event, 0), gone);
});
