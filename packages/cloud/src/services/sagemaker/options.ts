/** How the local SageMaker behaves where AWS leaves (or real hardware dictates) a choice. */
import type { Store } from "../../store/store.ts";

export interface SageMakerOptions {
  /** Milliseconds that a change of state takes: `Pending` to `InService`, `Deleting` to gone. @default 20 */
  transition: number;
  /** Milliseconds that a job's stand-in container runs before it ends. @default 2000 */
  jobDuration: number;
  /**
   * Image URI → command that runs in its place as a child process, with SageMaker's folder layout and environment.
   * @default none: a stand-in that says so in its log
   */
  localImages: Readonly<Record<string, readonly string[]>>;
  /**
   * Opens a listener at a network position, through which a local command's requests leave, and closes it again.
   * @default none: the command's requests cannot be placed, and it gets no way to the cloud
   */
  openPosition?: (at: {
    networkInterfaceId: string;
    account: string;
    region: string;
  }) => Promise<LocalPosition>;
  /** The local cloud itself, for commands outside of a VPC. */
  outside?: LocalPosition;
}

export interface LocalPosition {
  /** Proxy and endpoint at once. */
  url: string;
  /** File with the CA that vouches for the local cloud's hosts. */
  caBundle?: string;
  close?: () => Promise<void>;
}

const defaults: SageMakerOptions = {
  transition: Number(process.env.SAGEKEEP_SAGEMAKER_TRANSITION_MS ?? 20),
  jobDuration: Number(process.env.SAGEKEEP_SAGEMAKER_JOB_MS ?? 2000),
  localImages: {},
};

const chosen = new WeakMap<Store, SageMakerOptions>();

/** Options of the cloud with this store. */
export function optionsOf(store: Store): SageMakerOptions {
  return chosen.get(store) ?? defaults;
}

/** Sets options of one cloud; what is not given stays. */
export function setSageMakerOptions(store: Store, options: Partial<SageMakerOptions>): void {
  chosen.set(store, { ...optionsOf(store), ...options });
}
