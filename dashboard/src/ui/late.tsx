/**
 * Components whose code is loaded when they are first shown. With React's own `lazy` what has come is kept back until 300 ms after
 * something else was shown in its place; here it is shown as soon as it is there.
 */

import { type ComponentType, type ReactNode, useEffect, useState } from "react";

export type Late<Props> = ComponentType<Props> & {
  /** Loads its code ahead. */
  readonly load: () => Promise<unknown>;
};

/** @param meanwhile stands in its place until the code is there. Default: nothing */
export function late<Props extends object>(
  read: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
): Late<Props> {
  let loaded: ComponentType<Props> | null = null;
  let loading: Promise<unknown> | null = null;

  async function readOnce(): Promise<void> {
    try {
      loaded = await read();
    } catch (error) {
      // The next one to show it tries again.
      loading = null;
      throw error;
    }
  }
  const load = (): Promise<unknown> => (loading ??= readOnce());

  function LateComponent(props: Props): ReactNode {
    const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);
    const [, show] = useState(loaded !== null);
    useEffect(() => {
      // It may have come since this was rendered.
      if (loaded !== null) return show(true);
      let isGone = false;
      load().then(
        () => (isGone ? undefined : show(true)),
        (error: unknown) => (isGone ? undefined : setFailure({ error })),
      );
      return () => {
        isGone = true;
      };
    }, []);
    if (failure !== null) throw failure.error;
    const Loaded = loaded;
    return Loaded === null ? meanwhile : <Loaded {...props} />;
  }
  return Object.assign(LateComponent, { load });
}
