#include <noderig/framework/asker.h>

namespace noderig {
namespace {

thread_local int own_calls = 0;
thread_local int polls = 0;

}  // namespace

RigsOwnCalls::RigsOwnCalls() {
  ++own_calls;
}

RigsOwnCalls::~RigsOwnCalls() {
  --own_calls;
}

bool RigsOwnCalls::active() {
  return own_calls > 0;
}

Polls::Polls() {
  ++polls;
}

Polls::~Polls() {
  --polls;
}

bool Polls::active() {
  return polls > 0;
}

}  // namespace noderig
