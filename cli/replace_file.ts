/** Replacing a file so that nobody ever sees half of it. */

/** Puts `bytes` in place of a file; mode and owner stay, a symbolic link keeps pointing to it. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const target = await Deno.realPath(path);
  const { mode, uid, gid } = await Deno.stat(target);
  const slash = target.lastIndexOf("/") + 1;
  const temporary = `${target.slice(0, slash)}.${target.slice(slash)}.${crypto.randomUUID()}`;
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    const made = await file.stat();
    if (made.uid !== uid || made.gid !== gid) await Deno.chown(temporary, uid, gid);
    // After the owner: changing that takes set-id bits away.
    if (mode !== null) await Deno.chmod(temporary, mode & 0o7777);
    await file.sync();
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // it may not have come into being
    throw error;
  }
}
