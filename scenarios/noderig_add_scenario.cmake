# noderig_add_scenario(NAME SOURCE...): builds a scenario plugin and registers it with CTest. One of
# the sources has NODERIG_SCENARIO(NAME, ...); the others are parts of it.
function(noderig_add_scenario name)
  add_library(scenario_${name} MODULE ${ARGN})
  target_link_libraries(scenario_${name} PRIVATE noderig)
  # Parts include each other's headers as "NAME/part.h".
  target_include_directories(scenario_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  set_target_properties(scenario_${name} PROPERTIES
    PREFIX ""
    OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/noderig/scenarios)
  if(NODERIG_TESTS)
    add_test(NAME ${name} COMMAND noderig_cli run ${name})
    set_tests_properties(${name} PROPERTIES
      LABELS functional
      TIMEOUT 300
      PROCESSORS 2
      SKIP_RETURN_CODE 77)
  endif()
endfunction()
