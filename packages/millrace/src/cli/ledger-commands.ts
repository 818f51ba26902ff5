/** The commands over a ledger as a whole. */

import type { CommandEntry } from "./command-table.ts";

export const ledgerGroups = { ledger: "Back up, restore, move, check and tidy the ledger" } as const;

export const ledgerCommands: readonly CommandEntry[] = [
  { path: "ledger backup", load: async () => (await import("./commands/ledger/backup.ts")).ledgerBackup },
  { path: "ledger restore", load: async () => (await import("./commands/ledger/restore.ts")).ledgerRestore },
  { path: "ledger export", load: async () => (await import("./commands/ledger/export.ts")).ledgerExport },
  { path: "ledger import", load: async () => (await import("./commands/ledger/import.ts")).ledgerImport },
  { path: "ledger check", load: async () => (await import("./commands/ledger/check.ts")).ledgerCheck },
  { path: "ledger vacuum", load: async () => (await import("./commands/ledger/vacuum.ts")).ledgerVacuum },
  { path: "ledger sweep", load: async () => (await import("./commands/ledger/sweep.ts")).ledgerSweep },
];
