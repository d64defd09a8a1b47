# find_package(noderig) gives noderig::noderig, the library that plugins link to, noderig::program, the
# program that runs them, and noderig_add_scenario(NAME SOURCE...).
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(Boost 1.81)
find_dependency(nlohmann_json)
find_dependency(fmt)
include(${CMAKE_CURRENT_LIST_DIR}/noderigTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/noderig_add_scenario.cmake)
