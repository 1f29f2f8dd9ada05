/** A button that asks for a recording. */
import { type ReactElement, type ReactNode, useRef } from "react";
import { openFile } from "./connection.ts";

/** What the button looks like. */
export interface FileButtonProps {
  /** Its class. */
  readonly className: string;
  /** What it is called. */
  readonly label: string;
  /** What is in it. */
  readonly children: ReactNode;
}

/** Shows the button. */
export function FileButton({ className, label, children }: FileButtonProps): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className={className}
        title={label}
        aria-label={label}
        onClick={() => input.current?.click()}
      >
        {children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        data-file
        accept=".jsonl,.ndjson,.json,text/plain"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) void openFile(file);
          target.value = "";
        }}
      />
    </>
  );
}
