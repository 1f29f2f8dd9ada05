/** Opens a recording that is dropped anywhere on the page. */
import { type DragEvent, type ReactElement, type ReactNode, useState } from "react";
import { openFile } from "./connection.ts";
import { Icon } from "./icon.tsx";

/** Takes what is dropped, and says so while it is held over the page. */
export function DropTarget({ children }: { readonly children: ReactNode }): ReactElement {
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) void openFile(file);
  };
  return (
    <div
      className="drop-target"
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={({ relatedTarget }) => relatedTarget === null && setIsOver(false)}
      onDrop={drop}
    >
      {children}
      {isOver && (
        <div className="drop-here">
          <p>
            <Icon name="open" />Drop the recording
          </p>
        </div>
      )}
    </div>
  );
}
