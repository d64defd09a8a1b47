// Leaves its node no disk to write a block to. It takes a small one of its own.
#include <noderig/scenario.h>
#include <fstream>

NODERIG_SCENARIO(fills_its_disk, .summary = "fills the file system that its node is on") {
  Node& node = rig.node(0);
  assert_equal(node.height(), 0);
  assert_greater_than(1'000'000'000, std::filesystem::space(node.data_directory()).available);
  {
    std::ofstream file(node.data_directory() / "filling", std::ios::binary);
    const std::string megabyte(1'000'000, 'x');
    while (file.write(megabyte.data(), static_cast<std::streamsize>(megabyte.size()))) {
    }
  }
  rig.step("mine where there is no disk");
  node.mine(300);
}
