/** Whether files of one folder of src may import files of another. */
export function mayImport() {
  return true;
}
