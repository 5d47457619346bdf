/** Sockets of this machine (unix(7)). What cannot be done is thrown; `failure.ts` tells why. */

/** One end of a connection. */
export interface Connection extends Disposable {
  /** Some bytes, valid until the next call; `undefined` at the end. Throws once it is closed. */
  read(): Promise<Uint8Array | undefined>;
  /** Writes all of them. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Most bytes that one read gives. */
const READ_BYTES = 16_384;

/** Listens at a path that is free; `accepted` has to dispose of what it gets. Ends, and frees the path, when it is disposed of. */
export function listenAt(
  path: string,
  { accepted, failed }: {
    accepted(connection: Connection): void;
    /** A connection could not be taken; the next is waited for all the same. */
    failed(error: Error): Promise<void>;
  },
): Disposable {
  const listener = Deno.listen({ transport: "unix", path });
  let open = true;
  const accept = async () => {
    while (open) {
      try {
        accepted(connectionOf(await listener.accept()));
      } catch (error) {
        if (open) await failed(error instanceof Error ? error : new Error(String(error)));
      }
    }
  };
  accept();
  return {
    [Symbol.dispose]: () => {
      if (!open) return;
      open = false;
      listener.close();
      try {
        Deno.removeSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}

/** Connects to who listens at a path. */
export async function connectTo(path: string): Promise<Connection> {
  return connectionOf(await Deno.connect({ transport: "unix", path }));
}

function connectionOf(conn: Deno.Conn): Connection {
  const buffer = new Uint8Array(READ_BYTES);
  let open = true;
  return {
    read: async () => {
      const length = await conn.read(buffer);
      return length === null ? undefined : buffer.subarray(0, length);
    },
    write: async (bytes) => {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await conn.write(rest));
    },
    [Symbol.dispose]: () => {
      if (open) conn.close();
      open = false;
    },
  };
}
