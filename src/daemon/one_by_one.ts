/** Tasks that must not overlap: a request while one runs is remembered for afterwards (cli.tsv, SIGHUP). */

/** Gives a function that requests `task`. However many requests come while it runs, it runs once more after it. */
export function oneByOne(
  task: () => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  let [running, again] = [false, false];
  const run = async () => {
    running = true;
    do {
      again = false;
      await task().catch(failed);
    } while (again);
    running = false;
  };
  return () => {
    if (running) again = true;
    else run();
  };
}
