{{ staging('ec2_subnets') }}
