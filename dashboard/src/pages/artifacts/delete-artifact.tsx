import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Artifact } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ErrorNote } from "../../ui/states-of-loading.tsx";
import { say } from "../../ui/toast.ts";

export function DeleteArtifact({
  artifact,
  onDeleted,
}: {
  readonly artifact: Pick<Artifact, "id" | "key" | "kind">;
  readonly onDeleted: () => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.deleteArtifact(artifact.id),
    onSuccess: () => {
      say("The artifact is deleted.");
      setOpen(false);
      void client.invalidateQueries({ queryKey: ["artifacts"] });
      onDeleted();
    },
  });
  return (
    <>
      <Button kind="danger" needs="deleteArtifact" onClick={() => setOpen(true)}>
        Delete artifact
      </Button>
      <Dialog
        title="Delete artifact"
        description={`This ${artifact.kind} is deleted for good. ${artifact.key === null ? "" : "Other versions of its key stay."}`}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button
              kind="danger"
              onClick={() => remove.mutate()}
              whyNot={remove.isPending ? "It is being deleted" : null}
            >
              Delete artifact
            </Button>
          </>
        }
      >
        <Command text={`millrace artifact delete ${artifact.id} --yes`} />
        {remove.error === null ? null : <ErrorNote error={remove.error} />}
      </Dialog>
    </>
  );
}
