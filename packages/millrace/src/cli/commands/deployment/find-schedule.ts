import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { Deployment, Schedule } from "../../../contract/objects.ts";
import { nearest } from "../../../kit/nearest.ts";
import { deploymentTitle } from "../../object-lookups.ts";

/** What help says of an argument that names a schedule. */
export const scheduleArgument =
  "A schedule of the deployment: its slug, its id or the start of it. Default: the only one.";

export async function readSchedules(api: Api, { id }: Deployment): Promise<readonly Schedule[]> {
  const where = { field: "deploymentId", in: [id] };
  return (await api.listObjects("schedule", { where }, { limit: 1000 })).items;
}

/** @throws NOT_FOUND with the nearest slug, USAGE where it is not said which of several is meant */
export async function findSchedule(api: Api, deployment: Deployment, reference: string | undefined): Promise<Schedule> {
  const all = await readSchedules(api, deployment);
  const title = deploymentTitle(deployment);
  const advice = `\`millrace deployment schedule ls ${title}\` lists its schedules.`;
  const found = reference === undefined ? all : all.filter((schedule) => isMeant(schedule, reference));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const names = found.map(({ slug, id }) => slug ?? id).join(", ");
    throw new MillraceError("USAGE", {
      reason: `${title} has several of such schedules: ${names}.`,
      advice: "Name one.",
    });
  }
  if (reference === undefined) throw none(title);
  const meant = nearest(
    reference,
    all.flatMap(({ slug }) => (slug === null ? [] : [slug])),
  );
  throw new MillraceError("NOT_FOUND", {
    kind: `schedule of ${title}`,
    name: reference,
    advice: meant === null ? advice : `Did you mean \`${meant}\`?`,
  });
}

function isMeant({ id, slug }: Schedule, reference: string): boolean {
  return slug === reference || (reference.length > 1 && id.startsWith(reference.toLowerCase()));
}

function none(title: string): MillraceError {
  const advice = `Give it one: \`millrace deployment schedule create ${title} --cron "0 2 * * *"\`.`;
  return new MillraceError("USAGE", { reason: `${title} has no schedule.`, advice });
}
