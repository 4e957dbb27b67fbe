{{ staging('ec2_instances') }}
