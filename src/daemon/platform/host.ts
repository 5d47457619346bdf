/** The machine around the process: its environment, name, system and addresses. */

/** A variable of the environment; absent also for a name that no variable can have. */
export function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/** The whole environment. */
export function variables(): Readonly<Record<string, string>> {
  return Deno.env.toObject();
}

/** Host name, possibly with its domain. */
export function hostname(): string {
  return Deno.hostname();
}

/** The running kernel, and what runs this program on it. */
export function system(): {
  readonly os: string;
  readonly release: string;
  readonly architecture: string;
  readonly engine: string;
} {
  const { os, arch } = Deno.build;
  return {
    os,
    release: Deno.osRelease(),
    architecture: arch,
    engine: `Deno ${Deno.version.deno}`,
  };
}

/** An address of an interface. */
export interface InterfaceAddress {
  /** Interface name. */
  readonly name: string;
  readonly address: string;
  /** Address and prefix length. */
  readonly cidr: string;
}

export function networkInterfaces(): readonly InterfaceAddress[] {
  return Deno.networkInterfaces();
}
