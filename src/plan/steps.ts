/** Work in steps: whoever has something else to do meanwhile goes on with it later. */

/** Does all of it at once. */
export function ran<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
