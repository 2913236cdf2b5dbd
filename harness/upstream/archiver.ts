// What nodes read checkpoints from L1 with. The package's entry point loads a native module that wants a recent glibc; these files
// of it do not.
export { CalldataRetriever } from "../../node_modules/@aztec/archiver/dest/l1/calldata_retriever.js";
export {
  retrieveCheckpointsFromRollup,
  retrievedToPublishedCheckpoint,
} from "../../node_modules/@aztec/archiver/dest/l1/data_retrieval.js";
