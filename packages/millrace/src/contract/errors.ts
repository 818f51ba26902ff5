/**
 * Every error Millrace raises, by permanent code. Errors are recognised by `code`, never by `instanceof` across a
 * package or a process. docs/errors.md has a section a code (checked by a test).
 */

interface ErrorEntry {
  /** What happened and why; `{name}` placeholders are filled from the error's data. */
  readonly what: string;
  /** What to do next. */
  readonly fix: string;
  readonly retryable?: boolean;
  /** The HTTP status an API answers with. */
  readonly status: number;
}

export const errorCatalogue = {
  OPTION_INVALID: {
    what: "{definition}: option `{option}` is not valid: {reason}.",
    fix: "Correct the option; the docs list each option with its type and default.",
    status: 422,
  },
  OPTION_UNKNOWN: {
    what: "{definition}: unknown option `{option}`.{suggestion}",
    fix: "Remove it or correct its spelling.",
    status: 422,
  },
  PARAMETERS_INVALID: {
    what: "Parameters of flow `{flow}` are not valid: {issues}.",
    fix: "Pass parameters that the flow's schema accepts. Nothing has run.",
    status: 422,
  },
  PARAMETERS_TOO_LARGE: {
    what: "The parameters of a run of flow `{flow}` are {size} long; at most {limit} are kept.",
    fix: "Put large data into a storage, and pass its address.",
    status: 422,
  },
  PARAMETER_SCHEMA_INVALID: {
    what: "The parameter schema of flow `{flow}` cannot be used: {reason}.",
    fix: "Correct the schema and save the deployment again, or submit the run without checking its parameters.",
    status: 422,
  },
  JOB_VARIABLES_INVALID: {
    what: "Job variables for work pool `{pool}` are not valid: {issues}.",
    fix: "Pass job variables that the pool's base job template accepts; `millrace work-pool inspect {pool} --json` shows it.",
    status: 422,
  },
  JOB_TEMPLATE_INVALID: {
    what: "The base job template of work pool `{pool}` is not valid: {issues}.",
    fix: "Give each variable a default that fits its own schema, or none.",
    status: 422,
  },
  PARAMETERS_UNSERIALIZABLE: {
    what: "Parameters of flow `{flow}` cannot be recorded: {path} {reason}.",
    fix: "Pass plain data; make connections and handles inside a task.",
    status: 422,
  },
  FLOW_CALLED_WHILE_IMPORTING: {
    what: "Flow `{flow}` was called while Millrace was importing {module} ({line}).",
    fix: "Guard the call with `if (import.meta.main) await {flow}(…)`, so that importing the module starts nothing.",
    status: 422,
  },
  TASK_CALLED_WHILE_IMPORTING: {
    what: "Task `{task}` was called while Millrace was importing {module} ({line}).",
    fix: "Guard the call with `if (import.meta.main) await {task}(…)`, so that importing the module starts nothing.",
    status: 422,
  },
  FLOW_NOT_FOUND: {
    what: "No flow {wanted} in {module}. {known}",
    fix: "Name an exported flow as file.ts:exportName.",
    status: 404,
  },
  MODULE_NOT_IMPORTABLE: {
    what: "{module} could not be imported: {reason}.",
    fix: "Run `node {module}` to see the whole error.",
    status: 422,
  },
  TASK_NOT_IMPORTABLE: {
    what: "Task `{task}` runs in a {runner}, but its module {module} does not define it at the top level.",
    fix: "Define the task at the top level of a module, so that the pool can import it.",
    status: 422,
  },
  BODY_CRASHED: {
    what: "The {runner} that ran task `{task}` ended before the task did: {how}.{stderr}",
    fix: "Its last output and its cause say why. `processes()` keeps a native crash away from the flow's process.",
    retryable: true,
    status: 500,
  },
  BODY_VALUE_UNCLONABLE: {
    what: "{what} of task `{task}` cannot cross to or from its {runner}: `{path}` {reason}.",
    fix: "Pass plain data, and make connections, handles and functions inside the body; or run the task without `runner`.",
    status: 422,
  },
  RUN_NOT_FOUND: {
    what: "There is no {kind} {id}.",
    fix: "`millrace flow-run ls` lists the runs of this ledger; MILLRACE_HOME or --database choose another.",
    status: 404,
  },
  RUN_ID_AMBIGUOUS: {
    what: "{id} is the start of several ids: {candidates}.",
    fix: "Give more characters.",
    status: 409,
  },
  RUN_NOT_RESUMABLE: {
    what: "Flow run {id} is {state} and cannot be {verb}: {reason}.",
    fix: "{advice}",
    status: 409,
  },
  RUN_OWNED: {
    what: "Flow run {id} is being executed by process {pid} on {host}.",
    fix: "Wait for it, or cancel it; a dead process's lease ends by itself.",
    retryable: true,
    status: 409,
  },
  LEASE_LOST: {
    what: "This process no longer owns flow run {id}: {reason}. What it wrote after that was refused.",
    fix: "Nothing to do here: the run continues elsewhere, or was ended by hand.",
    status: 409,
  },
  RESUME_DRIFT: {
    what: "The code no longer matches the record of flow run {id}. Called now: {called}. Recorded and not called: {recorded}.",
    fix: "Give the task, or the flow, a `key`, restore the code, or resume with `--on-drift rerun` to run the new call and leave the old record.",
    status: 409,
  },
  FLOW_RUN_FAILED: {
    what: "Flow `{flow}` ended {state}: {message}",
    fix: "See its logs; `millrace flow-run retry {id}` starts again from the failed task.",
    status: 500,
  },
  TASK_RUN_FAILED: { what: "Task `{task}` ended {state}: {message}", fix: "See its logs.", status: 500 },
  TRANSACTION_LOST: {
    what: "The transaction of `{key}` was not committed, and is rolled back: another run {how}.",
    fix: 'Try again, by `retries` of the flow or `millrace flow-run retry`: `tx.committed` tells then that it was done. With `isolation: "serializable"` one at a time begins.',
    retryable: true,
    status: 409,
  },
  UPSTREAM_FAILED: {
    what: "Task `{task}` did not run: its input `{upstream}` ended {state}.",
    fix: "Mend the upstream task, or wrap the input in `allowFailure()`.",
    status: 500,
  },
  TIMED_OUT: {
    what: "{kind} `{name}` took longer than its timeout of {timeout}.",
    fix: "Raise `timeout`, or make it faster.",
    retryable: true,
    status: 504,
  },
  CANCELLED: { what: "{kind} `{name}` was cancelled{reason}.", fix: "Run it again when it should go on.", status: 409 },
  INTERRUPTED: {
    what: "{kind} {id} was interrupted by {signal}.",
    fix: "`millrace flow-run resume {id}` goes on with a flow run; a task outside any is called again.",
    status: 409,
  },
  RUN_STALLED: {
    what: "{kind} `{name}` can never end: nothing is left to do in its process, and it waits for {waiting}.",
    fix: "Settle what it awaits: a promise that nobody resolves, a task that awaits its own future, a timer that holds no process. Then resume it.",
    status: 409,
  },
  PROCESS_EXITED: {
    what: "{kind} {id} was under way when its process ended by `process.exit({code})`.",
    fix: "Let it end before the program does; `millrace flow-run resume {id}` goes on with a flow run.",
    status: 409,
  },
  RUN_ENDED: {
    what: "`{api}` was called after the body it belongs to had ended{reason}.",
    fix: "Await what the body starts before it returns, and stop when its signal aborts.",
    status: 409,
  },
  SUSPENDED: {
    what: "Flow run {id} is suspended until it is resumed.",
    fix: "`millrace flow-run resume {id}`",
    status: 409,
  },
  PAUSE_TIMED_OUT: {
    what: "Flow run {id} waited {timeout} at `{key}` and nobody answered.",
    fix: "Raise the pause's timeout.",
    status: 504,
  },
  PAUSE_NOT_WAITING: {
    what: "Flow run {id} waits for no such answer: {reason}.",
    fix: "`millrace inbox ls` lists the runs that wait for somebody.",
    status: 409,
  },
  PAUSE_ANSWERED: {
    what: "Flow run {id} has been answered at `{key}` already, by {by}.",
    fix: "The first answer counts: the run goes on with it.",
    status: 409,
  },
  ANSWER_NOT_ALLOWED: {
    what: "The answer to `{key}` of flow run {id} is not taken: {reason}.",
    fix: "Only these may answer: {answerers}.",
    status: 403,
  },
  INPUT_INVALID: {
    what: "The input for `{key}` is not valid: {issues}.",
    fix: "Send a value that the schema accepts.",
    status: 422,
  },
  FUTURE_CYCLE: {
    what: "The future of `{task}` waits for itself: {cycle}.",
    fix: "Do not pass a task's own future into its inputs, and do not await it in its body.",
    status: 422,
  },
  CONTEXT_MISSING: {
    what: "`{api}` was called outside a {needed}.",
    fix: "Call it from the body of a {needed}.",
    status: 422,
  },
  MAP_TOO_EARLY: {
    what: "`{task}.map()` is the first call of all outside a flow, and what runs it is not loaded yet.",
    fix: "Map in a flow, or call the task in `Promise.all`.",
    status: 422,
  },
  CALLS_EXCEEDED: {
    what: "A body made more than {max} calls that are under way at once; the last was of `{name}`.",
    fix: "Make them in parts, and await each part; or raise `MILLRACE_BODY_CALLS`, where memory allows.",
    status: 422,
  },
  RESULT_MISSING: {
    what: "The result {key} is not in storage `{store}`.",
    fix: "Restore the storage, or retry the task: its result is computed again.",
    status: 404,
  },
  RESULT_DAMAGED: {
    what: "The result {key} in storage `{store}` is damaged: {reason}.",
    fix: "Restore the storage, or retry the task: its result is computed again.",
    status: 500,
  },
  RESULT_NOT_KEPT: {
    what: "Flow run {id} has completed, and has kept no result that can be read here.",
    fix: 'A Python flow keeps its result with `@flow(persist_result=True, result_serializer="json")`, in a local folder or on S3; a TypeScript flow, unless it has `persistResult: false`.',
    status: 404,
  },
  RESULT_UNREADABLE: {
    what: "A recorded result cannot be read: {reason}.",
    fix: "Read it with the Millrace and the serializer that wrote it, or retry the task: its result is computed again.",
    status: 500,
  },
  RESULT_STORAGE_FAILED: {
    what: "Result storage `{store}` could not {verb} {what}: {reason}.",
    fix: "Check its address, its name and the credentials; a resumed run computes again what was not kept.",
    retryable: true,
    status: 503,
  },
  RESULT_UNSERIALIZABLE: {
    what: "The result of `{task}` cannot be kept: {path} {reason}.",
    fix: "Return plain data; it is computed again on resume.",
    status: 422,
  },
  LEDGER_NEWER: {
    what: "The ledger at {location} was written by a newer Millrace (schema {found}, this one knows {known}).",
    fix: "Upgrade Millrace, or point MILLRACE_HOME at another folder.",
    status: 500,
  },
  LEDGER_CORRUPT: {
    what: "The ledger at {location} is damaged: {reason}.",
    fix: "Nothing more is written to it. `millrace ledger check` says what is damaged, and `millrace ledger restore` puts a backup in its place.",
    status: 500,
  },
  LEDGER_UNWRITABLE: {
    what: "The ledger at {location} cannot be written: {reason}.",
    fix: "Make the folder writable, or point MILLRACE_HOME at one that is.",
    status: 500,
  },
  LEDGER_FULL: {
    what: "The disk of the ledger at {location} is full.",
    fix: "Free some space and resume the run: everything recorded so far is kept.",
    retryable: true,
    status: 507,
  },
  LEDGER_BUSY: {
    what: "The ledger at {location} was locked by another process for {waited}.",
    fix: "Try again; `millrace doctor` names who holds it.",
    retryable: true,
    status: 503,
  },
  LEDGER_IN_USE: {
    what: "The ledger at {location} is open in another process{who}.",
    fix: "Stop the servers, workers and flows that use it, and do it again.",
    retryable: true,
    status: 409,
  },
  LEDGER_EXISTS: {
    what: "There is {what} at {location} already.",
    fix: "{advice}",
    status: 409,
  },
  SQLITE_TOO_OLD: {
    what: "This Node has SQLite {found}, which can damage a ledger that several processes write; at least {needed} is needed.",
    fix: "Use a newer Node 24: `node -p process.versions.sqlite` tells which SQLite it has.",
    status: 500,
  },
  BACKUP_INVALID: {
    what: "{location} is no backup that can be restored: {reason}.",
    fix: "{advice}",
    status: 422,
  },
  BACKUP_FAILED: {
    what: "The {task} of the ledger at {location} failed: {reason}.",
    fix: "{advice}",
    status: 500,
  },
  EXPORT_INVALID: {
    what: "{location} is no export of a ledger that can be imported: {reason}.",
    fix: "{advice} Nothing was imported of it.",
    status: 422,
  },
  IMPORT_CONFLICT: {
    what: "The ledger has {count} of what {location} has already, of {table}.",
    fix: "Import it with `--on-conflict skip`: what is there stays as it is. Nothing was imported.",
    status: 409,
  },
  DATABASE_UNREACHABLE: {
    what: "The database at {location} did not answer: {reason}.",
    fix: "Check its address and that it runs.",
    retryable: true,
    status: 503,
  },
  SERVER_UNREACHABLE: {
    what: "The server at {url} did not answer: {reason}.",
    fix: "Check MILLRACE_API_URL, and that `millrace server start` runs there.",
    retryable: true,
    status: 503,
  },
  SERVER_ANSWER_INVALID: {
    what: "What answers at {url} is no Millrace server that this version knows: {reason}.",
    fix: "Check MILLRACE_API_URL, and that client and server are of the same version.",
    status: 502,
  },
  SERVER_BUSY: {
    what: "The server takes no request now: {reason}.",
    fix: "Try again after the time in Retry-After.",
    retryable: true,
    status: 503,
  },
  CLIENT_BUSY: {
    what: "The server takes no more of this client now: {reason} for its address.",
    fix: "Try again after the time in Retry-After, and ask for less at once. Others are not held up by it.",
    retryable: true,
    status: 429,
  },
  SERVER_FAILED: {
    what: "The server could not answer: {reason}.",
    fix: "Its log has the whole error, under the id of the request.",
    status: 500,
  },
  SERVER_ADDRESS_TAKEN: {
    what: "Nothing can listen on {host}, port {port}: {reason}.",
    fix: "Stop what listens there, or choose another port with --port, or --metrics-port of a worker (0: any that is free).",
    status: 409,
  },
  SERVER_REMOTE_REFUSED: {
    what: "The server was asked to listen on {host}, where other machines reach it, and it asks nobody who they are.",
    fix: "Give --access-control, or listen on 127.0.0.1, or give --allow-remote where only people you trust can reach it.",
    status: 422,
  },
  REQUEST_INVALID: {
    what: "The request is not valid: {reason}.",
    fix: "GET /v1/openapi.json describes each route.",
    status: 422,
  },
  REQUEST_REFUSED: {
    what: "The server does not answer this request: {reason}.",
    fix: "Call it by localhost or its address; a name that leads to it is given at its start, with --allow-host.",
    status: 403,
  },
  UNAUTHENTICATED: {
    what: "The server does not know who is asking: {reason}.",
    fix: "Set MILLRACE_API_KEY to a key of yours, or sign in on the server's page. `millrace api-key create` makes a key.",
    status: 401,
  },
  FORBIDDEN: {
    what: "`{account}` may not do this: {action} needs the role {needed}, and it has the role {role}.",
    fix: "Ask an admin of the server for another role, or for a key of an account that has it.",
    status: 403,
  },
  RUN_KEY_REFUSED: {
    what: "The key of {run} may not do this: {action} {reason}.",
    fix: "The key that a worker gives to a run is for that run and those that it calls. For more, set MILLRACE_API_KEY in `env` of the deployment's job variables to a key of an account that may, or `runKeys` of the worker to off.",
    status: 403,
  },
  WORKSPACE_NOT_FOUND: {
    what: "There is no such workspace, or whoever asks is no member of it.",
    fix: "Look at the name in the URL: `millrace workspace ls` lists those that you may enter, and an admin of the server lets you into others.",
    status: 404,
  },
  WORKSPACE_HAS_NONE: {
    what: "Accounts, API keys, the audit log and workspaces are the server's, and not those of the workspace {name}.",
    fix: "Ask the server itself: its URL without `/workspaces/{name}`.",
    status: 404,
  },
  OIDC_REFUSED: {
    what: "Nobody was let in by {provider}: {reason}.",
    fix: "Sign in again from the server's page; an admin of the server, or of {provider}, says who may come in.",
    status: 403,
  },
  OIDC_UNUSABLE: {
    what: "Nobody can sign in by {provider}: {reason}.",
    fix: "Check the settings that begin with `oidc`, and that the server reaches the issuer.",
    retryable: true,
    status: 502,
  },
  ATTEMPTS_EXCEEDED: {
    what: "There were too many failed attempts to come in.",
    fix: "Try again after {retryAfterS} s. An admin can set another password: `millrace account update`.",
    retryable: true,
    status: 429,
  },
  BODY_TOO_LARGE: {
    what: "The body of the request is larger than {limit}.",
    fix: "Send less at once; large results belong into a result storage.",
    status: 413,
  },
  ROUTE_NOT_FOUND: {
    what: "There is no {verb} {path}.",
    fix: "GET /v1/openapi.json lists the routes.",
    status: 404,
  },
  PACKAGE_MISSING: { what: "{feature} needs the package `{package}`.", fix: "npm install {package}", status: 500 },
  VARIABLE_NAME_INVALID: {
    what: "`{name}` is not a variable's name: {reason}.",
    fix: "Use lower-case letters, digits, `-` and `_`.",
    status: 422,
  },
  VARIABLE_INVALID: {
    what: "Variable `{name}` cannot be written: {reason}.",
    fix: "Give it plain JSON data; `overwrite` replaces a value that is there.",
    status: 422,
  },
  OBJECT_EXISTS: {
    what: "There is a {kind} already with what must be its own: {name}.",
    fix: "Change the one that is there, or take another name.",
    status: 409,
  },
  OBJECT_INVALID: {
    what: "The object is not valid: {reason}.",
    fix: "GET /v1/openapi.json describes the fields of each kind.",
    status: 422,
  },
  REVISION_CONFLICT: {
    what: "The {kind} {id} has been changed since revision {revision}; it is at {found}.",
    fix: "Read it again, and change what it is now.",
    status: 409,
  },
  NOT_FOUND: { what: "There is no {kind} `{name}`.", fix: "{advice}", status: 404 },
  SLOTS_REFUSED: {
    what: "{slots} slots of {limits} cannot be had: {reason}.",
    fix: "Ask for fewer slots, or change the limit: `millrace global-concurrency-limit update`.",
    status: 422,
  },
  SLOTS_LOST: {
    what: "The slots of {limits} were lost: their lease ended before it was renewed, and others may have them.",
    fix: "Give `leaseDuration` more time, and keep long work off the event loop: a task with `runner: threads()`.",
    retryable: true,
    status: 409,
  },
  SECRET_UNREADABLE: {
    what: "Secret `{name}` cannot be opened with the key in {location}{reason}.",
    fix: "Restore the key file it was sealed with, or set the secret again.",
    status: 500,
  },
  SECRET_REFERENCE_INVALID: {
    what: "Secret `{name}` refers to what cannot be found: {reason}.",
    fix: "Set it again, as vault://file/path or vault://provider/path#field; `secretFiles` and `secretCommands` say which providers there are.",
    status: 422,
  },
  SECRET_PROVIDER_FAILED: {
    what: "Secret `{name}` is kept by `{provider}`, which did not give it: {reason}.",
    fix: "Check that the provider answers on this machine, and what it is allowed to read. Nothing is taken in its place.",
    retryable: true,
    status: 503,
  },
  KEY_ROTATION_REFUSED: {
    what: "The key of the secrets cannot be rotated: {reason}.",
    fix: "{advice}",
    status: 409,
  },
  SETTING_INVALID: {
    what: "Setting {setting} is not valid: {reason}.",
    fix: "`millrace config view` shows each setting and where its value came from.",
    status: 422,
  },
  TRANSITION_REFUSED: {
    what: "{kind} {id} cannot go from {from} to {to}: {reason}.",
    fix: "Look at its current state; `--force` sets a state past the rules, and records that.",
    status: 409,
  },
  EVENT_INVALID: {
    what: "Event `{name}` cannot be emitted: {reason}.",
    fix: "Use a name of your own, and plain JSON data.",
    status: 422,
  },
  ARTIFACT_INVALID: {
    what: "The artifact is not valid: {reason}.",
    fix: "Correct it; the docs show each kind.",
    status: 422,
  },
  SCHEDULE_INVALID: { what: "The schedule is not valid: {reason}.", fix: "{advice}", status: 422 },
  WEBHOOK_SIGNATURE_INVALID: {
    what: "The request to webhook `{slug}` is not signed as it must be: {reason}.",
    fix: "Sign it with the webhook's secret, in the form that the webhook expects, and keep the sender's clock right.",
    status: 401,
  },
  WEBHOOK_UNUSABLE: {
    what: "Webhook `{slug}` takes no requests: {reason}.",
    fix: "Set the secret that the webhook names, sealed with this server's key: `millrace secret set`.",
    status: 500,
  },
  WEBHOOK_CALL_UNVERIFIED: {
    what: "The call of a webhook cannot be believed: {reason}.",
    fix: "Do nothing of what it asks for, and answer it with 401; hand on the body as it came, and keep this machine's clock right.",
    status: 401,
  },
  CODE_UNAVAILABLE: {
    what: "The code of deployment `{deployment}` cannot be brought to where it runs: {reason}.",
    fix: "Correct the deployment's pull steps and deploy it again; `git` and `npm` must be installed where they are steps.",
    status: 500,
  },
  DEPLOYMENT_INVALID: {
    what: "The deployment {deployment} is not valid: {reason}.",
    fix: "Correct it; docs/deploying.md shows each field.",
    status: 422,
  },
  STEP_FAILED: {
    what: "Step `{step}` of deployment `{deployment}` failed: {reason}.",
    fix: "What it printed says more; correct it and deploy again. Nothing was saved of this deployment.",
    status: 500,
  },
  USAGE: { what: "{reason}", fix: "{advice}", status: 422 },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** Fills `{name}` placeholders; an unknown one is left as it is. */
function fill(text: string, data: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? String(data[name]) : whole));
}

/** An error of the catalogue. `message` says what and why, `fix` what to do; `data` has the parts. */
export class MillraceError extends Error {
  override readonly name = "MillraceError";
  readonly code: ErrorCode;
  readonly fix: string;
  readonly retryable: boolean;
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, data: Readonly<Record<string, unknown>> = {}, options?: { readonly cause?: unknown }) {
    const entry: ErrorEntry = errorCatalogue[code];
    super(fill(entry.what, data), options);
    this.code = code;
    this.fix = fill(entry.fix, data);
    this.retryable = entry.retryable ?? false;
    this.status = entry.status;
    this.data = data;
  }
}

/** True when `error` is a Millrace error (of any copy of the package), with this code if one is given. */
export function isMillraceError(error: unknown, code?: ErrorCode): error is MillraceError {
  if (!(error instanceof Error) || error.name !== "MillraceError") return false;
  const found = (error as { code?: unknown }).code;
  return code === undefined ? typeof found === "string" : found === code;
}

/** An error as the ledger keeps it, masked and bounded. `data` is the JSON serializer's text of the error itself. */
export interface RecordedError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
  readonly data: string | null;
}
