// The package's entry point loads a native module that wants a recent glibc; this file of it does not.
export { CalldataRetriever } from "../../node_modules/@aztec/archiver/dest/l1/calldata_retriever.js";
