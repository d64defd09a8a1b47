# noderig_add_scenario(NAME SOURCE...): builds a scenario as the plugin NAME.so, and registers it with
# CTest where the project has called enable_testing(). One of the sources has
# NODERIG_SCENARIO(NAME, ...); the others are parts of it.
function(noderig_add_scenario name)
  if(NOT ARGN)
    message(FATAL_ERROR "noderig_add_scenario(${name}) names no source file")
  endif()
  add_library(scenario_${name} MODULE ${ARGN})
  target_link_libraries(scenario_${name} PRIVATE noderig::noderig)
  # It calls its own instances of templates, rather than have the loader look for others, which would
  # take half of the time of loading it.
  target_link_options(scenario_${name} PRIVATE LINKER:-Bsymbolic-functions)
  # Parts include each other's headers as "NAME/part.h".
  target_include_directories(scenario_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  set_target_properties(scenario_${name} PROPERTIES PREFIX "" SUFFIX .so OUTPUT_NAME ${name})

  get_property(others DIRECTORY PROPERTY NODERIG_SCENARIOS)
  if(NOT others)
    cmake_language(DEFER CALL noderig_register_scenarios)
  endif()
  set_property(DIRECTORY APPEND PROPERTY NODERIG_SCENARIOS ${name})
endfunction()

# Once all scenarios of a directory are known: what CTest needs to ask the program about them. Their
# tags and timeouts are in the plugins, so the tests are made when CTest starts.
function(noderig_register_scenarios)
  get_property(names DIRECTORY PROPERTY NODERIG_SCENARIOS)
  string(CONCAT text "set(noderig_program [==[$<TARGET_FILE:noderig::program>]==])\n"
    "set(noderig_build_directory [==[${CMAKE_BINARY_DIR}]==])\n"
    "set(noderig_scenarios)\nset(noderig_plugins)\n")
  foreach(name ${names})
    string(APPEND text "list(APPEND noderig_scenarios ${name})\n"
      "list(APPEND noderig_plugins [==[$<TARGET_FILE:scenario_${name}>]==])\n")
  endforeach()
  string(APPEND text "include([==[${CMAKE_CURRENT_FUNCTION_LIST_DIR}/noderig_scenario_tests.cmake]==])\n")
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/noderig_scenarios-$<CONFIG>.cmake
    CONTENT "${text}")

  set(chosen ${CMAKE_CURRENT_BINARY_DIR}/noderig_scenarios.cmake)
  get_property(several GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(several)
    file(WRITE ${chosen}
      "include([==[${CMAKE_CURRENT_BINARY_DIR}]==]/noderig_scenarios-\${CTEST_CONFIGURATION_TYPE}.cmake OPTIONAL)\n")
  else()
    file(WRITE ${chosen}
      "include([==[${CMAKE_CURRENT_BINARY_DIR}/noderig_scenarios-${CMAKE_BUILD_TYPE}.cmake]==])\n")
  endif()
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${chosen})
endfunction()
