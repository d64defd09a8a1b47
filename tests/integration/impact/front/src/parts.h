#pragma once

int start_chain();
int start_rest();
int start_zmq();
