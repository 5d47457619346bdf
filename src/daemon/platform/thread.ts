/** Threads that are asked one question: another reading of the world's texts, away from the loop. */

/** What a thread answers: what it found, or the stack of what was thrown. */
type ThreadAnswer =
  | { readonly kind: "answer"; readonly answer: unknown }
  | { readonly kind: "thrown"; readonly stack: string };

/** Descriptors a thread of the runtime opens at its start; without them the runtime ends the process. */
const DESCRIPTORS = 16;

/**
 * Starts a thread of `module`, asks it and ends it. Question and answer are copied as structured clones: no functions, no private
 * fields. Throws when there can be no thread, or when it throws.
 */
export async function askThread(module: URL, question: unknown): Promise<unknown> {
  demandDescriptors();
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const thread = new Worker(module, { type: "module" });
  try {
    thread.addEventListener("message", ({ data }: MessageEvent<ThreadAnswer>) => {
      if (data.kind === "answer") resolve(data.answer);
      else reject(new Error(data.stack));
    });
    thread.addEventListener("error", (event) => {
      event.preventDefault(); // else it ends the process
      reject(new Error(event.message));
    });
    thread.postMessage(question);
    return await promise;
  } finally {
    thread.terminate();
  }
}

/** Throws where there are not enough left for a thread. */
function demandDescriptors(): void {
  using all = new DisposableStack();
  for (let count = 0; count < DESCRIPTORS; count += 1) all.use(Deno.openSync("/dev/null"));
}

/** In a thread: answers what it is asked by `work`. */
export function answerAsThread(work: (question: unknown) => unknown): void {
  const asker = self as unknown as Asker;
  const answer = (message: ThreadAnswer) => asker.postMessage(message);
  asker.addEventListener("message", ({ data }) => {
    try {
      answer({ kind: "answer", answer: work(data) });
    } catch (error) {
      answer({ kind: "thrown", stack: error instanceof Error ? `${error.stack}` : `${error}` });
    }
  });
}

/** Whoever started a thread, as the thread sees it. */
interface Asker {
  postMessage(message: unknown): void;
  addEventListener(type: "message", heard: (event: MessageEvent<unknown>) => void): void;
}
