import type { Attestation } from "../../harness/actors/content.ts";
import type { NodePorts } from "../../harness/actors/nodePorts.ts";

/** An actor of one's own: listens to attestations and to L1, and says which checkpoints landed before it had heard of a quorum. */
export function attestationWatch(surprises: string[]): (ports: NodePorts) => void {
  return ({ gossip, l1, committee }) => {
    const heard = new Map<string, number>();
    gossip.join("watch", ["checkpoint_attestation"], ({ body }) => {
      const { checkpoint } = body as Attestation;
      heard.set(checkpoint, (heard.get(checkpoint) ?? 0) + 1);
    });
    l1.subscribe(({ included, rollup }) => {
      if (included.length === 0 || rollup.tip === undefined) return;
      if ((heard.get(rollup.tip.id) ?? 0) < committee(0).quorum) surprises.push(rollup.tip.id);
    });
  };
}
