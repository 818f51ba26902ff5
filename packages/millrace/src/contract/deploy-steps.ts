/**
 * The steps of a deployment, as a program writes them: each an object of one name and its inputs. In a file they may be
 * written with underscores. None is run by a shell. Texts may have templates: `{{ $NAME }}` of the environment,
 * `{{ variables.name }}`, `{{ secrets.name }}`, and what an earlier step gave, `{{ id.output }}`.
 */

import type { Duration } from "../kit/duration.ts";

interface Named {
  /** Names what the step gives, for those after it. */
  readonly id?: string;
  /** Default: 30 minutes for an image, 10 for what is pulled. */
  readonly timeout?: Duration;
}

/** Builds an image. Gives `image` (`name:tag`), `image_name`, `tag` and `image_id`. */
export interface BuildImage extends Named {
  /** With its registry: `registry.example/team/etl`. */
  readonly name: string;
  /** Default: the start of the hash of the code, so that equal code has equal images. */
  readonly tag?: string;
  readonly additionalTags?: readonly string[];
  /** A file, relative to `context`; "auto" makes a small one for Node 24. Default: `Dockerfile` where there is one, else "auto". */
  readonly dockerfile?: string;
  /** Default: the folder of the package that the flow is in. */
  readonly context?: string;
  /** The image that a Dockerfile which is made begins with. Default "node:24-slim". */
  readonly base?: string;
  /** As `linux/amd64`. */
  readonly platform?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** What `RUN --mount=type=secret,id=…` reads, by its id. In no layer of the image, and in no list of processes. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether newer base images are looked for. Default false. */
  readonly pull?: boolean;
  /** Default false. */
  readonly noCache?: boolean;
  /** Default: the first of them that is installed. */
  readonly engine?: "docker" | "podman";
}

/** Packs the code. Gives `folder`, `key` (the hash of the archive) and, with `output`, `archive`. */
export interface BuildArchive extends Omit<Named, "timeout"> {
  /** Default: the folder of the package that the flow is in. */
  readonly folder?: string;
  /** The file that it is written to as well. Default: none. */
  readonly output?: string;
}

/** Pushes an image. Gives `image`, `image_name`, `tag` and, where the registry told it, `digest`. */
export interface PushImage extends Named {
  /** `name:tag`. Default: the image that was built last. */
  readonly image?: string;
  readonly additionalTags?: readonly string[];
  /** Default: those that `docker login` has kept. */
  readonly credentials?: { readonly username: string; readonly password: string; readonly registry?: string };
  readonly engine?: "docker" | "podman";
}

/** Packs the code and writes it to a storage. Gives `storage` and `key`. Without `pull` workers take it from there. */
export interface PushArchive extends Omit<Named, "timeout"> {
  /** A folder that workers have too, or `s3://bucket/prefix`. */
  readonly storage: string;
  /** Default: the folder of the package that the flow is in. */
  readonly folder?: string;
}

/** Clones a commit, once a machine. */
export interface GitClone extends Named {
  readonly repository: string;
  readonly branch?: string;
  /** Default: the newest, for each run that starts. */
  readonly commit?: string;
  /** A token, as a template: `{{ secrets.git }}`. */
  readonly accessToken?: string;
  /** A block of credentials, as a template: `{{ prefect.blocks.github-credentials.name }}`. */
  readonly credentials?: string | { readonly username?: string; readonly token: string };
  readonly includeSubmodules?: boolean;
}

/** Takes an archive that `pushArchive` wrote, and checks its hash. */
export interface PullArchive extends Omit<Named, "timeout"> {
  readonly storage: string;
  readonly key: string;
}

export type BuildStep = { readonly buildImage: BuildImage } | { readonly buildArchive: BuildArchive };
export type PushStep = { readonly pushImage: PushImage } | { readonly pushArchive: PushArchive };
export type PullStep =
  | { readonly gitClone: GitClone }
  | { readonly pullArchive: PullArchive }
  | { readonly setWorkingDirectory: { readonly directory: string } }
  | { readonly npmCi: { readonly timeout?: Duration } };

/** A step that was taken, or would be. */
export interface TakenStep {
  readonly phase: "build" | "push";
  /** As it is written in a file: `build_image`. */
  readonly name: string;
  /** What it runs or does, without secrets. */
  readonly does: string;
}
