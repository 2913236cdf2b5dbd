// Protocol constants that circuits and contracts share.
export {
  EMPTY_EPOCH_OUT_HASH,
  FIELDS_PER_BLOB,
  GENESIS_ARCHIVE_ROOT,
  L1_TO_L2_MSG_SUBTREE_HEIGHT,
  MAX_CHECKPOINTS_PER_EPOCH,
  MAX_PUBLIC_LOG_SIZE_IN_FIELDS,
} from "@aztec/constants";
