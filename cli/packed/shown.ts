/** The global under which the packer has the runtime show its operations, in the place of what no daemon needs (scripts/one_file/kept_code.ts). */
export const SHOWN = "ImageData";
