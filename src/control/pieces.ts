/** An answer as text, piece by piece: nobody has to wait until a plan of 100,000 servers is written. */

import { CONTROL_VERSION, type ControlAnswer } from "./message.ts";

/** Elements of a list in one piece. */
const ELEMENTS = 256;

/** One line of JSON. The lists of a plan come in pieces of some kilobytes. */
export function* answerPieces(answer: ControlAnswer): Generator<string, void> {
  if (answer.answer !== "plan") {
    yield `${JSON.stringify({ holdfast: CONTROL_VERSION, ...answer })}\n`;
    return;
  }
  const { plan: { configuration, instances, operations, scripts, ...rest }, ...head } = answer;
  yield `${open({ holdfast: CONTROL_VERSION, ...head })},"plan":${open(rest)}`;
  for (const [name, list] of Object.entries({ configuration, instances, operations, scripts })) {
    yield `,${JSON.stringify(name)}:[`;
    for (let at = 0; at < list.length; at += ELEMENTS) {
      const texts = list.slice(at, at + ELEMENTS).map((each) => JSON.stringify(each));
      yield `${at === 0 ? "" : ","}${texts.join(",")}`;
    }
    yield "]";
  }
  yield "}}\n";
}

/** An object whose end is to come; it has a field at least. */
function open(value: object): string {
  return JSON.stringify(value).slice(0, -1);
}
