/** The right panel: everything that is known of what was chosen, at the moment. */
import type { ReactElement } from "react";
import { chosenFlow } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { FlowDetails } from "./flow_details.tsx";
import { SessionDetails } from "./session_details.tsx";

/** Shows the details of the chosen flow or session. */
export function DetailsPanel(): ReactElement {
  const choice = useView(({ choice }) => choice);
  const flow = useView(chosenFlow);
  const sessionKey = useView((view) => {
    if (view.choice?.type === "session") return view.choice.id;
    const session = chosenFlow(view)?.session;
    return session === undefined ? undefined : view.timeline.sessions.get(session)?.key;
  });
  if (choice === undefined) return <p className="list-none">Nothing is chosen</p>;
  return (
    <div className="details">
      {sessionKey !== undefined && <SessionDetails sessionKey={sessionKey} />}
      {flow !== undefined && <FlowDetails flow={flow} sessionKey={sessionKey} />}
    </div>
  );
}
