// gp_kernel.h as a C++ program uses it: prints the status of opening and verifying a pack, then owners at a position.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "gp_kernel.h"

int main(int argc, char **argv)
{
    if (argc != 4) {
        return 2;
    }
    std::ifstream file(argv[1], std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    gp_pack_t pack;
    gp_status_t status = gp_open(&pack, bytes.data(), bytes.size());
    if (status == GP_OK) {
        status = gp_verify(&pack);
    }
    std::cout << status;
    if (status == GP_OK) {
        std::vector<uint32_t> owners(pack.zone_count + pack.coverage_count);
        gp_found_t found = {owners.data(), nullptr, static_cast<uint32_t>(owners.size()), 0};
        gp_point_t at;
        if (gp_to_grid(&pack, GP_WGS84, std::atof(argv[2]), std::atof(argv[3]), &at) &&
            gp_covering(&pack, GP_WGS84, at, &found) == GP_OK) {
            for (uint32_t i = 0; i < found.count; i++) {
                std::cout << ' ' << found.owners[i];
            }
        }
    }
    std::cout << '\n';
    return 0;
}
