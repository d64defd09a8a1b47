#include <noderig/framework/history/failure_class.h>
#include <algorithm>
#include <initializer_list>

namespace noderig {
namespace {

constexpr std::pair<FailureClass, std::string_view> kNames[] = {
    {FailureClass::None, "none"},
    {FailureClass::Assertion, "assertion"},
    {FailureClass::RpcError, "rpc_error"},
    {FailureClass::Timeout, "timeout"},
    {FailureClass::NodeCrash, "node_crash"},
    {FailureClass::NodeFault, "node_fault"},
    {FailureClass::PeerDropped, "peer_dropped"},
    {FailureClass::Exception, "exception"},
    {FailureClass::Killed, "killed"},
    {FailureClass::RigFault, "rig_fault"},
    {FailureClass::Interrupted, "interrupted"},
};

bool has_any(std::string_view text, std::initializer_list<std::string_view> signs) {
  return std::ranges::any_of(
      signs, [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

}  // namespace

std::string_view to_string(FailureClass failure) {
  for (const auto& [value, name] : kNames) {
    if (value == failure) return name;
  }
  return "";
}

std::optional<FailureClass> failure_class_named(std::string_view name) {
  for (const auto& [value, its_name] : kNames) {
    if (its_name == name) return value;
  }
  return {};
}

FailureClass failure_class(const Execution& execution) {
  if (execution.verdict == Verdict::Interrupted) return FailureClass::Interrupted;
  if (execution.verdict != Verdict::Failed) return FailureClass::None;
  if (execution.rig_fault) return FailureClass::RigFault;
  const std::string_view reason = execution.reason;
  // From what explains the rest to what may follow from it: a hang ends by a signal, a crash makes
  // waits and calls fail.
  if (has_any(reason, {"it took longer than its "})) return FailureClass::Timeout;
  if (has_any(reason, {"left a thread", "std::terminate"})) return FailureClass::Exception;
  if (has_any(reason, {"its worker was killed by signal"})) return FailureClass::Killed;
  if (has_any(reason, {" by itself", " while starting", "was not ready after "})) {
    return FailureClass::NodeCrash;
  }
  if (has_any(reason, {" wrote to its standard error: ", " logged: ", " exited with status ",
                       " was killed by signal "})) {
    return FailureClass::NodeFault;
  }
  if (has_any(reason, {"dropped by the node, which no step expected"})) {
    return FailureClass::PeerDropped;
  }
  // The first of the sub-tests' reasons stands for the others.
  const auto failed =
      std::ranges::find(execution.subtests, Verdict::Failed, &SubtestResult::verdict);
  const std::string_view first =
      failed == execution.subtests.end() ? reason : std::string_view(failed->reason);
  if (has_any(first, {": RPC error "})) return FailureClass::RpcError;
  if (has_any(first, {" waited ", "no reply within "})) return FailureClass::Timeout;
  return FailureClass::Assertion;
}

}  // namespace noderig
