/** What is shown while there is nothing: how to get a flow in here. */
import type { ReactElement } from "react";
import { FileButton } from "./file_button.tsx";
import { Icon } from "./icon.tsx";
import { useView } from "./store.ts";

/** Shows the ways in. */
export function Empty(): ReactElement {
  const isLive = useView(({ source }) => source.type === "live" && source.status === "open");
  return (
    <main className="empty">
      <div className="empty-bell">
        <Icon name="bell" />
      </div>
      <h2>{isLive ? "Listening for the first flow" : "Nothing has been rung up yet"}</h2>
      <p>
        {isLive
          ? "As soon as the program begins a flow, its chart, its messages and its timers appear here."
          : "Watch a program while it runs, or open what it recorded. Secrets never reach this page."}
      </p>
      <ol>
        <li>
          <h3>Watch a command</h3>
          <code>bellhop login --inspect</code>
          <p>Works with every command that runs a flow.</p>
        </li>
        <li>
          <h3>Watch your program</h3>
          <code>Effect.provide(Inspector.layer())</code>
          <p>
            From <code>@bellhop/inspector</code>.
          </p>
        </li>
        <li>
          <h3>Open a recording</h3>
          <code>bellhop login --record flow.jsonl</code>
          <p>
            Drop the file anywhere, or{" "}
            <FileButton className="link" label="Choose a recording">choose a recording</FileButton>.
          </p>
        </li>
      </ol>
    </main>
  );
}
