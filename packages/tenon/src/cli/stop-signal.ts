/** Resolves when the process is asked to stop; asked again, it ends at once. */
export function stopSignal(): { readonly asked: Promise<void>; readonly isAsked: () => boolean } {
  let isAsked = false;
  const asked = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        // 128 and the number of SIGINT, as shells have it.
        if (isAsked) process.exit(130);
        isAsked = true;
        resolve();
      });
    }
  });
  return { asked, isAsked: () => isAsked };
}
