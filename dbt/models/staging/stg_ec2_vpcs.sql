{{ staging('ec2_vpcs') }}
