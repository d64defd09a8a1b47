// The user's wish to end, by Ctrl-C, SIGTERM or a terminal that is closed (SIGHUP), from the moment
// a run begins: it is noted instead of ending the process, so that whatever goes on then can end in
// order. Made before the process has a second thread and before it starts others; one at a time.
// Any thread may ask.
#pragma once

namespace noderig {

class Interruption {
 public:
  Interruption();
  // Lets the signals end the process again. What was noted is forgotten.
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // Whether there is a wish that take() has not taken.
  bool pending() const;

  // Takes one; false when there is none.
  bool take();

  // Readable while one is pending; for waiting alone.
  int descriptor() const { return signals_; }

 private:
  int signals_ = -1;
};

}  // namespace noderig
