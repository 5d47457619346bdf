/// <reference lib="deno.unstable" />

/**
 * Servers that mean harm, in a process of their own: what they hold is not what their clients hold. Prints `PORT NAME` of each, of UDP
 * `PORT UDP NAME`, a line each.
 */

type Serve = (connection: Deno.Conn) => Promise<void>;

const text = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function writeAll(connection: Deno.Conn, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** The same piece again and again, until the other side has enough. */
async function endless(connection: Deno.Conn, piece: Uint8Array<ArrayBuffer>): Promise<void> {
  while (true) await writeAll(connection, piece);
}

const GIGABYTE = 1 << 30;

async function gigabyte(connection: Deno.Conn): Promise<void> {
  const piece = new Uint8Array(1 << 20);
  for (let sent = 0; sent < GIGABYTE; sent += piece.length) await writeAll(connection, piece);
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A body that unpacks to a thousand times as much. */
async function bomb(): Promise<Uint8Array<ArrayBuffer>> {
  const zeros = new Blob([new Uint8Array(16 << 20)]).stream();
  const packed = zeros.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

const BOMB = bomb();

const HEAD = "HTTP/1.0 200 OK\r\n\r\n";

const SERVERS: Readonly<Record<string, Serve>> = {
  garbage: (to) => endless(to, random(4096)),
  "endless head": async (to) => {
    await writeAll(to, text("HTTP/1.1 200 OK\r\n"));
    await endless(to, text(`X-More: ${"x".repeat(1000)}\r\n`));
  },
  "endless body": async (to) => {
    await writeAll(to, text(HEAD));
    await endless(to, new Uint8Array(65_536));
  },
  "endless chunk size": async (to) => {
    await writeAll(to, text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
    await endless(to, text("0".repeat(1000)));
  },
  "a length beyond measure": async (to) => {
    await writeAll(to, text("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nx"));
  },
  "slow bytes": async (to) => {
    for (const byte of text(HEAD.repeat(1000))) {
      await writeAll(to, Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  "an early end": (_) => Promise.resolve(),
  // The kernel resets a connection whose end has not read what came; where nothing has come yet it is an early end.
  "a reset after the head": (to) =>
    writeAll(to, text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")),
  "a reset at once": (_) => new Promise((resolve) => setTimeout(resolve, 20)),
  "a body of a gigabyte": async (to) => {
    await writeAll(to, text(`HTTP/1.1 200 OK\r\nContent-Length: ${GIGABYTE}\r\n\r\n`));
    await gigabyte(to);
  },
  "a chunk of a gigabyte": async (to) => {
    const size = GIGABYTE.toString(16);
    await writeAll(to, text(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n`));
    await gigabyte(to);
  },
  "a compressed bomb": async (to) => {
    await writeAll(to, text("HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n"));
    await writeAll(to, await BOMB);
  },
  "TLS rubbish": async (to) => {
    // A handshake record of 16 KiB (RFC 8446 §5.1) that holds nothing of the kind, again and again.
    const record = Uint8Array.from([22, 3, 3, 0x40, 0, ...random(0x4000)]);
    await endless(to, record);
  },
  "TLS alerts": (to) => endless(to, Uint8Array.from([21, 3, 3, 0, 2, 1, 0])),
};

/** Serves until it is closed; what clients do to a connection is of no concern. */
function listen(serve: Serve): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = async () => {
    for await (const connection of listener) {
      serve(connection).catch(() => {}).finally(() => {
        try {
          connection.close();
        } catch {
          // The other side was quicker.
        }
      });
    }
  };
  accept().catch(() => {});
  return listener;
}

/** What comes back of a datagram. */
const ANSWERS: Readonly<Record<string, (asked: Uint8Array) => readonly Uint8Array[]>> = {
  "a mirror": (asked) => [asked],
  // As if it were an answer, with nothing right behind the number.
  "noise with the right number": (asked) => NOISE.map((rest) => join(asked.subarray(0, 2), rest)),
  "noise": () => NOISE,
};

const NOISE = [0, 1, 9, 10, 11, 500, 9000, 60_000].map((length) =>
  random(Math.min(length, 60_000))
);

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

async function answer(
  socket: Deno.DatagramConn,
  answers: (asked: Uint8Array) => readonly Uint8Array[],
): Promise<void> {
  for await (const [asked, from] of socket) {
    for (const one of answers(asked)) await socket.send(one, from).catch(() => {});
  }
}

for (const [name, answers] of Object.entries(ANSWERS)) {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  answer(socket, answers).catch(() => {});
  const { addr } = socket;
  Deno.stdout.writeSync(text(`${addr.transport === "udp" ? addr.port : 0} UDP ${name}\n`));
}

for (const [name, serve] of Object.entries(SERVERS)) {
  const { addr } = listen(serve);
  Deno.stdout.writeSync(text(`${addr.port} ${name}\n`));
}
