{{ staging('ec2_network_interfaces') }}
