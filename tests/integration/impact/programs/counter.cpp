int count(int number) {
  return number + 1;
}
