/** All keys, and what the colours say. */
import { type ReactElement, useEffect, useRef } from "react";
import { Icon } from "./icon.tsx";
import { keyHelp } from "./keyboard.ts";
import { show, useView } from "./store.ts";

/** Lies over the page as long as it is open. */
export function Help(): ReactElement {
  const isOpen = useView(({ isHelpOpen }) => isHelpOpen);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className="help"
      aria-label="Keys"
      onClose={() => show({ isHelpOpen: false })}
    >
      <header>
        <h2>Keys</h2>
        <button
          type="button"
          className="icon-button"
          aria-label="Close"
          onClick={() => show({ isHelpOpen: false })}
        >
          <Icon name="close" />
        </button>
      </header>
      <dl className="keys">
        {keyHelp.map(({ keys, does }) => (
          <div key={does}>
            <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <ul className="legend">
        <li>
          <i className="is-current" />Where the flow is
        </li>
        <li>
          <i className="is-visited" />Where it was
        </li>
        <li>
          <i className="is-next" />Where it may go
        </li>
      </ul>
      <h3>On the time line</h3>
      <ul className="legend">
        <li>
          <span className="mark is-crash" />Crash
        </li>
        <li>
          <span className="mark is-stop" />Stop
        </li>
        <li>
          <span className="mark is-hung" />Hang
        </li>
        <li>
          <span className="mark is-clock" />Clock jump
        </li>
        <li>
          <span className="mark is-store" />Store failed
        </li>
        <li>
          <span className="mark is-person" />Person
        </li>
      </ul>
      <p className="muted">Charts are drawn with React Flow, laid out by ELK.</p>
    </dialog>
  );
}
